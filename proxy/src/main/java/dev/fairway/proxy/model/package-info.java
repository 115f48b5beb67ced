/**
 * What the proxy keeps of Services, EndpointSlices and its Node: small immutable records, and the decoders that make them
 * from API JSON. A decoder either gives a value that can be trusted throughout the proxy, or says which field is bad.
 */
package dev.fairway.proxy.model;

/** EndpointSlices that follow the readiness of the Pods behind each Service. */
package dev.fairway.controllers.endpointslice;

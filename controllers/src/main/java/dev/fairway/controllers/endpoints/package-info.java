/** Endpoints objects, the older form of EndpointSlices, for Services with a selector. */
package dev.fairway.controllers.endpoints;

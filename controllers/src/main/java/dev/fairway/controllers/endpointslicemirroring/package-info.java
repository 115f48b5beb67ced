/** EndpointSlices for Endpoints that somebody writes by hand, for Services without a selector. */
package dev.fairway.controllers.endpointslicemirroring;

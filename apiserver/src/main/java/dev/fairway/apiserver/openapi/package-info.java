/** {@code /openapi/v2} and {@code /openapi/v3}, made from the table of resources and the table of types. */
package dev.fairway.apiserver.openapi;

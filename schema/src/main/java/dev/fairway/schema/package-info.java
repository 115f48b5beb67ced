/** The one schema source: types, defaults, validation, patch keys, OpenAPI, protobuf. */
package dev.fairway.schema;

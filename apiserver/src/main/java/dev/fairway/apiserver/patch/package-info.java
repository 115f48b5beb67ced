/** The patch formats: JSON patch, merge patch, strategic merge patch. Pure functions on JSON trees. */
package dev.fairway.apiserver.patch;

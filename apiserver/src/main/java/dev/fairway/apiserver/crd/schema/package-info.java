/** Structural schemas of custom resources: read, checked by themselves, and held against values. */
package dev.fairway.apiserver.crd.schema;

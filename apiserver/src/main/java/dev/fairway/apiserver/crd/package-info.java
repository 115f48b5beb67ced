/** Custom resources: kinds that come and go with CustomResourceDefinitions. */
package dev.fairway.apiserver.crd;

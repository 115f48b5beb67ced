/** What every controller is made of: shared informers, fences against a stale cache, parallel writes. */
package dev.fairway.controllers.runtime;

/** Owner references: dependants go with their owners, in the background, before them, or not at all. */
package dev.fairway.controllers.garbagecollector;

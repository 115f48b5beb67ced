/** One of several servers on one store runs the controllers: the one that holds the Lease. */
package dev.fairway.controllers.leaderelection;

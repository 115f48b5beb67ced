/** The scheduler: which node a pending Pod goes to, and why it can go nowhere. */
package dev.fairway.controllers.scheduler;

/** What controllers ask of Pods, and how they make, adopt and delete them. */
package dev.fairway.controllers.pods;

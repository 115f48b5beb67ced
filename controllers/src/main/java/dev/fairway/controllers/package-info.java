/** Controllers and the scheduler. */
package dev.fairway.controllers;

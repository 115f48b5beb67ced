/** The fairway command. */
package dev.fairway.cli;

/** What an API server is set up with, and the addresses and ports that this speaks of. */
package dev.fairway.apiserver.config;

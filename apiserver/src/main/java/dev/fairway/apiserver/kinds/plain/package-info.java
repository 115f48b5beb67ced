/** The rules of kinds that no controller of Fairway acts on: their defaults and checks, as functions in one table. */
package dev.fairway.apiserver.kinds.plain;

/** Keeps one greedy client from starving the others. */
package dev.fairway.apiserver.fairness;

/** Measurements with JMH, outside the normal build: {@code mvn -Pbenchmarks -pl benchmarks -am verify -DskipTests}. */
package dev.fairway.benchmarks;

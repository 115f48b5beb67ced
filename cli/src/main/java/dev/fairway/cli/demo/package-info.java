/** {@code fairway demo}: the article, walked on a real cluster, with every claim observed. */
package dev.fairway.cli.demo;

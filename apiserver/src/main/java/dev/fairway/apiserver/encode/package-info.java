/** Bodies in and out: media types, versions, Tables, lists and watch frames. */
package dev.fairway.apiserver.encode;

/** Kinds about access: roles and bindings, reviews, tokens. */
package dev.fairway.apiserver.kinds.access;

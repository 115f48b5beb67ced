/** Who may do what. */
package dev.fairway.apiserver.authz;

/** Who is asking: client certificates, bearer tokens, impersonation. */
package dev.fairway.apiserver.authn;

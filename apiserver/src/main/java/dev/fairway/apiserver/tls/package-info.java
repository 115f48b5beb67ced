/** The certificate authority, serving and client certificates, and kubeconfig files. */
package dev.fairway.apiserver.tls;

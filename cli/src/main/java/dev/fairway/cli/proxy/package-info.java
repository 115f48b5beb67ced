/** {@code fairway proxy}: the node proxy on the command line, with kube-proxy's flags. */
package dev.fairway.cli.proxy;

/**
 * The configuration of the node proxy: {@code KubeProxyConfiguration}, API {@code kubeproxy.config.k8s.io/v1alpha1}, from a
 * file or from kube-proxy's flags.
 */
package dev.fairway.proxy.config;

/** Events: what components tell about objects, as {@code kubectl describe} shows it. */
package dev.fairway.kube.events;

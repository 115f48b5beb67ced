/** Local copies of API collections, kept up to date by list and watch, and the queues that controllers work from. */
package dev.fairway.kube.informer;

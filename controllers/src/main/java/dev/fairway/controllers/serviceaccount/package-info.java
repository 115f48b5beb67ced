/** What every namespace gets: its default ServiceAccount and the cluster's root CA. */
package dev.fairway.controllers.serviceaccount;

/** ControllerRevisions: the templates that a StatefulSet or DaemonSet has had. */
package dev.fairway.controllers.history;

package dev.fairway.kube.events;

/** The {@code type} of an Event; the names are those of the API. */
public enum EventType {
    Normal,
    Warning
}

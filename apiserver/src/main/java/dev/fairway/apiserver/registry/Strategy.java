package dev.fairway.apiserver.registry;

import dev.fairway.schema.FieldError;
import java.util.List;
import java.util.Optional;
import java.util.OptionalLong;
import tools.jackson.databind.node.ObjectNode;

/**
 * The rules of one kind beyond what the schema says. The machinery calls, on create: {@link #prepareForCreate},
 * {@link #reserve}, {@link #validateCreate}, {@link #warnings}; on update (and patch, and apply):
 * {@link #prepareForUpdate}, {@link #reserve}, {@link #validateUpdate}, {@link #warnings}; then it writes, and commits
 * or rolls back the reservation. Objects have been decoded, pruned and defaulted by the schema before, and carry
 * {@code metadata} as the machinery fills it. Only {@code object} may be changed, never {@code old}.
 *
 * <p>Methods throw {@link dev.fairway.apiserver.errors.StatusException} for errors other than invalid fields.
 */
public interface Strategy {
    /** A kind without rules of its own. */
    Strategy GENERIC = new Strategy() {
    };

    /**
     * For kinds that are asked rather than stored, such as reviews: the answer to a create. Others return empty.
     *
     * @param object the decoded and defaulted question; may be filled in and returned
     */
    default Optional<ObjectNode> answer(StrategyContext context, ObjectNode object) {
        return Optional.empty();
    }

    /** Sets what clients may not choose; for kinds with a status subresource the machinery has dropped the status. */
    default void prepareForCreate(StrategyContext context, ObjectNode object) {
    }

    /**
     * Keeps what clients may not change. The machinery has already put the old status (or, on the status
     * subresource, the old everything but status) back.
     */
    default void prepareForUpdate(StrategyContext context, ObjectNode object, ObjectNode old) {
    }

    /** Takes and fills in what must be unique across objects. {@code old} is null on create. */
    default Reservation reserve(StrategyContext context, ObjectNode object, ObjectNode old) {
        return Reservation.NONE;
    }

    /** What is wrong with a new object beyond its metadata and schema. */
    default List<FieldError> validateCreate(StrategyContext context, ObjectNode object) {
        return List.of();
    }

    /** What is wrong with a changed object beyond its metadata and schema. */
    default List<FieldError> validateUpdate(StrategyContext context, ObjectNode object, ObjectNode old) {
        return List.of();
    }

    /** Warnings for the client. {@code old} is null on create. */
    default List<String> warnings(StrategyContext context, ObjectNode object, ObjectNode old) {
        return List.of();
    }

    /** What clients are told with every answer in a version that is not to be used any more. */
    default Optional<String> deprecation(String version) {
        return Optional.empty();
    }

    /** The object is gone from the store: give back what {@link #reserve} took. */
    default void released(StrategyContext context, ObjectNode object) {
    }

    /** May refuse a deletion by throwing. */
    default void beforeDelete(StrategyContext context, ObjectNode object) {
    }

    /**
     * Seconds between the request to delete and the end, for kinds that go gracefully: a positive number leaves the
     * object with a deletionTimestamp until it is deleted with 0. Empty for kinds that go at once.
     *
     * @param requested the request's gracePeriodSeconds, or empty
     */
    default OptionalLong gracePeriod(StrategyContext context, ObjectNode object, OptionalLong requested) {
        return OptionalLong.empty();
    }

    /** Whether an update of a missing object creates it. */
    default boolean createOnUpdate() {
        return false;
    }

    /** Whether an update without resourceVersion overwrites whatever is there. */
    default boolean unconditionalUpdate() {
        return true;
    }
}

package dev.fairway.apiserver.kinds.service;

import dev.fairway.apiserver.registry.Reservation;
import dev.fairway.apiserver.registry.Strategy;
import dev.fairway.apiserver.registry.StrategyContext;
import dev.fairway.schema.FieldError;
import java.util.List;
import tools.jackson.databind.node.ObjectNode;

/** The rules of Services. */
public final class ServiceStrategy implements Strategy {
    @Override
    public void prepareForCreate(StrategyContext context, ObjectNode object) {
        ServiceSpec spec = ServiceSpec.of(object);
        ServiceDefaults.apply(spec);
        ServiceDefaults.families(spec, ClusterIps.families(context.server()));
        object.withObjectProperty("status").withObjectProperty("loadBalancer");
    }

    @Override
    public void prepareForUpdate(StrategyContext context, ObjectNode object, ObjectNode old) {
        ServiceSpec spec = ServiceSpec.of(object);
        ServiceDefaults.takeOver(spec, ServiceSpec.of(old));
        ServiceDefaults.apply(spec);
        ServiceDefaults.families(spec, ClusterIps.families(context.server()));
        if (!spec.is(ServiceSpec.LOAD_BALANCER) && context.subresource() == null) {
            object.withObjectProperty("status").putObject("loadBalancer");
        }
    }

    @Override
    public Reservation reserve(StrategyContext context, ObjectNode object, ObjectNode old) {
        return context.subresource() == null ? ServiceReservation.take(context, object, old) : Reservation.NONE;
    }

    @Override
    public List<FieldError> validateCreate(StrategyContext context, ObjectNode object) {
        return ServiceValidation.onCreate(ServiceSpec.of(object), ClusterIps.families(context.server()));
    }

    @Override
    public List<FieldError> validateUpdate(StrategyContext context, ObjectNode object, ObjectNode old) {
        return ServiceValidation.onUpdate(ServiceSpec.of(object), ServiceSpec.of(old), ClusterIps.families(context.server()));
    }

    @Override
    public void released(StrategyContext context, ObjectNode object) {
        ServiceReservation.release(context, object);
    }
}

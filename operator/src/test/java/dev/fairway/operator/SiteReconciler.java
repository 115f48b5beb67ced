package dev.fairway.operator;

import io.fabric8.kubernetes.api.model.ConfigMap;
import io.fabric8.kubernetes.api.model.ConfigMapBuilder;
import io.javaoperatorsdk.operator.api.config.informer.InformerEventSourceConfiguration;
import io.javaoperatorsdk.operator.api.reconciler.Cleaner;
import io.javaoperatorsdk.operator.api.reconciler.Context;
import io.javaoperatorsdk.operator.api.reconciler.ControllerConfiguration;
import io.javaoperatorsdk.operator.api.reconciler.DeleteControl;
import io.javaoperatorsdk.operator.api.reconciler.EventSourceContext;
import io.javaoperatorsdk.operator.api.reconciler.Reconciler;
import io.javaoperatorsdk.operator.api.reconciler.UpdateControl;
import io.javaoperatorsdk.operator.processing.event.source.EventSource;
import io.javaoperatorsdk.operator.processing.event.source.informer.InformerEventSource;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.concurrent.ConcurrentHashMap;

/** Keeps a ConfigMap with each site's page, says so in the status, and takes leave of a site that goes. */
@ControllerConfiguration
public class SiteReconciler implements Reconciler<Site>, Cleaner<Site> {
    /** Names of the sites that were cleaned up. */
    final Set<String> cleaned = ConcurrentHashMap.newKeySet();

    @Override
    public List<EventSource<?, Site>> prepareEventSources(EventSourceContext<Site> context) {
        return List.of(new InformerEventSource<>(InformerEventSourceConfiguration.from(ConfigMap.class, Site.class).build(), context));
    }

    @Override
    public UpdateControl<Site> reconcile(Site site, Context<Site> context) {
        ConfigMap map = new ConfigMapBuilder().withNewMetadata().withName(site.getMetadata().getName())
                .withNamespace(site.getMetadata().getNamespace()).endMetadata()
                .withData(Map.of("index.html", site.getSpec().page)).build();
        map.addOwnerReference(site);
        context.getClient().resource(map).serverSideApply();
        Site.Status status = new Site.Status();
        status.published = site.getSpec().page;
        site.setStatus(status);
        return UpdateControl.patchStatus(site);
    }

    @Override
    public DeleteControl cleanup(Site site, Context<Site> context) {
        cleaned.add(site.getMetadata().getName());
        return DeleteControl.defaultDelete();
    }
}

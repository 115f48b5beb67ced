package dev.fairway.controllers.serviceaccount;

import dev.fairway.controllers.runtime.Context;
import dev.fairway.controllers.runtime.Controller;
import dev.fairway.kube.KubeObject;
import dev.fairway.kube.ObjectKey;
import dev.fairway.kube.ResourceType;
import dev.fairway.kube.client.ApiClient;
import dev.fairway.kube.client.ApiException;
import dev.fairway.kube.client.DeleteOptions;
import dev.fairway.kube.client.Query;
import dev.fairway.kube.informer.Informer;
import dev.fairway.kube.informer.WorkQueue;
import java.util.Optional;

/**
 * Removes the Secrets with tokens of ServiceAccounts that are gone, or never were; upstream's serviceaccount-token
 * controller. The API server fills such Secrets when they are written.
 */
public final class TokenSecrets implements Controller {
    private static final String TYPE = "kubernetes.io/service-account-token";
    private static final String ACCOUNT = "kubernetes.io/service-account.name";
    private static final String ACCOUNT_UID = "kubernetes.io/service-account.uid";

    private final ApiClient client;
    private final Informer secrets;
    private final WorkQueue<ObjectKey> queue = new WorkQueue<>("serviceaccount-token-controller");

    public TokenSecrets(Context context) {
        this.client = context.client();
        this.secrets = context.informers().of(ResourceType.SECRETS, Query.fields("type=" + TYPE));
        Informer accounts = context.informer(ResourceType.SERVICE_ACCOUNTS);
        secrets.onChange((before, after) -> after.ifPresent(secret -> queue.add(secret.key())));
        accounts.onChange((before, after) -> {
            if (before.isPresent() && !before.map(KubeObject::uid).equals(after.map(KubeObject::uid))) {
                secrets.all().stream().filter(secret -> secret.namespace().equals(before.get().namespace())
                        && account(secret).equals(before.get().name())).forEach(secret -> queue.add(secret.key()));
            }
        });
    }

    private static String account(KubeObject secret) {
        return secret.annotations().getOrDefault(ACCOUNT, "");
    }

    @Override
    public void start() {
        queue.start(1, this::reconcile);
    }

    private void reconcile(ObjectKey key) {
        Optional<KubeObject> secret = secrets.get(key);
        if (secret.isEmpty()) {
            return;
        }
        String uid = secret.get().annotations().getOrDefault(ACCOUNT_UID, "");
        boolean lives = client.find(ResourceType.SERVICE_ACCOUNTS, key.namespace(), account(secret.get()))
                .filter(account -> uid.isEmpty() || account.uid().equals(uid)).isPresent();
        if (lives) {
            return;
        }
        try {
            client.delete(ResourceType.SECRETS, key.namespace(), key.name(), DeleteOptions.DEFAULT.withUid(secret.get().uid()));
        } catch (ApiException e) {
            // Gone, or another one of the same name by now.
            if (!e.notFound() && e.code() != 409) {
                throw e;
            }
        }
    }

    @Override
    public void close() {
        queue.close();
    }
}

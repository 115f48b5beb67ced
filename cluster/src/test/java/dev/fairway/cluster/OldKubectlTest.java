package dev.fairway.cluster;

import java.nio.file.Path;

/** The kubectl of the Debian package kubernetes-client, unpacked by the test command beside the machine's own. */
final class OldKubectlTest extends KubectlCommands {
    @Override
    String binary() {
        return Path.of(System.getProperty("fairway.test.kubectl", "target/kubernetes-client/usr/bin/kubectl"))
                .toAbsolutePath()
                .toString();
    }
}

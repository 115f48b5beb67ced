package dev.fairway.clients;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.ExtendWith;

/** Debian's python3-kubernetes. */
@ExtendWith(ApiOnly.class)
class PythonTest {
    @Test
    void doesWhatItDoesWithKubernetes(Path kubeconfig) throws Exception {
        Path script = Path.of(PythonTest.class.getResource("/client.py").toURI());
        // Debian's own interpreter: its packages are not those of another one on the path.
        Process process = new ProcessBuilder("/usr/bin/python3", script.toString(), kubeconfig.toString())
                .redirectErrorStream(true).start();
        String output = new String(process.getInputStream().readAllBytes(), StandardCharsets.UTF_8);
        assertTrue(process.waitFor(60, TimeUnit.SECONDS), output);
        assertEquals(0, process.exitValue(), output);
    }
}

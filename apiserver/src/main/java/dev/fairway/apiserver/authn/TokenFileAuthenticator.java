package dev.fairway.apiserver.authn;

import static java.nio.charset.StandardCharsets.UTF_8;

import dev.fairway.apiserver.user.UserInfo;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.security.MessageDigest;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Map;
import java.util.Optional;

/**
 * Users by fixed bearer tokens from a file with one line each, {@code token,user,uid[,"group1,group2"]}, as
 * kube-apiserver's {@code --token-auth-file} has it. Empty lines and lines that begin with # are skipped.
 */
public final class TokenFileAuthenticator implements Authenticator {

    private record Entry(byte[] token, UserInfo user) {
    }

    private final List<Entry> entries;

    private TokenFileAuthenticator(List<Entry> entries) {
        this.entries = entries;
    }

    /**
     * Reads the file.
     *
     * @throws UncheckedIOException     when it cannot be read
     * @throws IllegalArgumentException when a line is not in the format; the message has its number, not its content
     */
    public static TokenFileAuthenticator read(Path file) {
        List<String> lines;
        try {
            lines = Files.readAllLines(file);
        } catch (IOException e) {
            throw new UncheckedIOException("token file " + file, e);
        }
        List<Entry> entries = new ArrayList<>();
        for (int i = 0; i < lines.size(); i++) {
            String line = lines.get(i).strip();
            if (!line.isEmpty() && !line.startsWith("#")) {
                entries.add(entry(line, file + " line " + (i + 1)));
            }
        }
        return new TokenFileAuthenticator(entries);
    }

    private static Entry entry(String line, String where) {
        String[] fields = line.split(",", 4);
        if (fields.length < 3 || fields[0].isBlank() || fields[1].isBlank()) {
            throw new IllegalArgumentException(where + ": token, user and uid are needed");
        }
        List<String> groups = new ArrayList<>();
        if (fields.length == 4) {
            String list = fields[3].strip();
            if (list.length() >= 2 && list.startsWith("\"") && list.endsWith("\"")) {
                list = list.substring(1, list.length() - 1);
            }
            Arrays.stream(list.split(",")).map(String::strip).filter(group -> !group.isEmpty()).forEach(groups::add);
        }
        groups.add("system:authenticated");
        return new Entry(fields[0].strip().getBytes(UTF_8),
                new UserInfo(fields[1].strip(), fields[2].strip(), groups, Map.of()));
    }

    /** An unknown token is nobody's here; another authenticator may know it. */
    @Override
    public Optional<UserInfo> authenticate(Credentials credentials) {
        Optional<byte[]> shown = credentials.bearerToken().map(token -> token.getBytes(UTF_8));
        UserInfo found = null;
        for (Entry entry : entries) {
            // All are compared, in a time that does not tell how much of a token is right.
            if (shown.isPresent() && MessageDigest.isEqual(entry.token(), shown.get())) {
                found = entry.user();
            }
        }
        return Optional.ofNullable(found);
    }
}

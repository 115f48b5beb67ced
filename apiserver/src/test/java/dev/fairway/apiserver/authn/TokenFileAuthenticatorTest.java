package dev.fairway.apiserver.authn;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import dev.fairway.apiserver.user.UserInfo;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class TokenFileAuthenticatorTest {

    @TempDir
    Path temp;

    private TokenFileAuthenticator read(String text) throws Exception {
        return TokenFileAuthenticator.read(Files.writeString(temp.resolve("tokens.csv"), text));
    }

    private static Optional<UserInfo> who(TokenFileAuthenticator tokens, String authorization) {
        return tokens.authenticate(new Credentials(List.of(), Map.of("authorization", List.of(authorization))));
    }

    @Test
    void aTokenIsItsLinesUser() throws Exception {
        TokenFileAuthenticator tokens = read("""
                # comment
                abc,jane,1,"dev, ops"

                def,joe,2
                """);
        assertEquals(Optional.of(new UserInfo("jane", "1", List.of("dev", "ops", "system:authenticated"), Map.of())),
                who(tokens, "Bearer abc"));
        assertEquals("joe", who(tokens, "bearer def").orElseThrow().name());
        for (String other : List.of("Bearer ab", "Bearer abcd", "Bearer ", "Basic abc", "abc")) {
            assertEquals(Optional.empty(), who(tokens, other));
        }
    }

    @Test
    void aBadLineIsNamedByItsNumberAndKeepsItsSecret() {
        IllegalArgumentException error = assertThrows(IllegalArgumentException.class, () -> read("a,b,c\nsecret,jane\n"));
        assertTrue(error.getMessage().contains("line 2"), error.getMessage());
        assertFalse(error.getMessage().contains("secret"), error.getMessage());
    }
}

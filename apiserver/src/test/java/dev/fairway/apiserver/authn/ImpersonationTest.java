package dev.fairway.apiserver.authn;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;

import dev.fairway.apiserver.errors.StatusException;
import dev.fairway.apiserver.request.Attributes;
import dev.fairway.apiserver.user.UserInfo;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import org.junit.jupiter.api.Test;

class ImpersonationTest {

    private static final UserInfo ADMIN = new UserInfo("admin", "", List.of(), Map.of());

    private static String rights(Impersonation impersonation) {
        return impersonation.wanted().stream().map(ImpersonationTest::right).toList().toString();
    }

    private static String right(Attributes wanted) {
        assertEquals(ADMIN, wanted.user());
        assertEquals("impersonate", wanted.verb());
        return wanted.group() + "/" + wanted.resource() + (wanted.subresource().isEmpty() ? "" : "/" + wanted.subresource())
                + " " + wanted.namespace() + "/" + wanted.name();
    }

    @Test
    void withoutHeadersNobodyIsImpersonated() {
        assertEquals(Optional.empty(), Impersonation.of(ADMIN, Map.of("authorization", List.of("x"))));
    }

    @Test
    void aUserNeedsTheRightToHisNameAndGroups() {
        Impersonation result = Impersonation.of(ADMIN, Map.of("impersonate-user", List.of("jane"),
                "impersonate-group", List.of("dev", "ops"), "impersonate-uid", List.of("u1"),
                "impersonate-extra-example.com%2fproject", List.of("a", "b"))).orElseThrow();
        assertEquals("[/users /jane, /groups /dev, /groups /ops, authentication.k8s.io/userextras/example.com/project /a, "
                + "authentication.k8s.io/userextras/example.com/project /b, authentication.k8s.io/uids /u1]", rights(result));
        assertEquals(new UserInfo("jane", "u1", List.of("dev", "ops", "system:authenticated"),
                Map.of("example.com/project", List.of("a", "b"))), result.user());
    }

    @Test
    void aServiceAccountIsOneAndHasItsGroups() {
        Impersonation result = Impersonation.of(ADMIN,
                Map.of("impersonate-user", List.of("system:serviceaccount:ns:sa"))).orElseThrow();
        assertEquals("[/serviceaccounts ns/sa]", rights(result));
        assertEquals(List.of("system:serviceaccounts", "system:serviceaccounts:ns", "system:authenticated"),
                result.user().groups());
    }

    @Test
    void anonymousIsNotAuthenticated() {
        assertEquals(List.of("system:unauthenticated"), Impersonation.of(ADMIN,
                Map.of("impersonate-user", List.of("system:anonymous"))).orElseThrow().user().groups());
    }

    @Test
    void groupsAloneAreRefused() {
        assertEquals(400, assertThrows(StatusException.class,
                () -> Impersonation.of(ADMIN, Map.of("impersonate-group", List.of("dev")))).code());
    }
}

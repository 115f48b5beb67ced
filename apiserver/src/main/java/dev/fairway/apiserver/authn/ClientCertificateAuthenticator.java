package dev.fairway.apiserver.authn;

import dev.fairway.apiserver.user.UserInfo;
import java.security.cert.X509Certificate;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import javax.naming.InvalidNameException;
import javax.naming.ldap.LdapName;
import javax.naming.ldap.Rdn;

/** Users by their verified client certificates: the common name is the user, organizations are groups. */
public final class ClientCertificateAuthenticator implements Authenticator {
    @Override
    public Optional<UserInfo> authenticate(Credentials credentials) {
        if (credentials.certificates().isEmpty()) {
            return Optional.empty();
        }
        X509Certificate leaf = credentials.certificates().getFirst();
        String name = "";
        List<String> groups = new ArrayList<>();
        try {
            for (Rdn rdn : new LdapName(leaf.getSubjectX500Principal().getName()).getRdns()) {
                if (rdn.getType().equalsIgnoreCase("CN")) {
                    name = rdn.getValue().toString();
                } else if (rdn.getType().equalsIgnoreCase("O")) {
                    groups.add(rdn.getValue().toString());
                }
            }
        } catch (InvalidNameException e) {
            return Optional.empty();
        }
        if (name.isEmpty()) {
            return Optional.empty();
        }
        groups.add("system:authenticated");
        return Optional.of(new UserInfo(name, "", groups, Map.of()));
    }
}

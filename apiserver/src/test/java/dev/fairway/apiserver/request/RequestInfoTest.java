package dev.fairway.apiserver.request;

import static org.junit.jupiter.api.Assertions.assertEquals;

import dev.fairway.apiserver.user.UserInfo;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

class RequestInfoTest {
    /** Method, path, query; then verb, group, version, namespace, resource, name, subresource, rest. */
    @ParameterizedTest
    @CsvSource({
        "GET,/api/v1/pods,'',list,'',v1,'',pods,'','',''",
        "GET,/api/v1/pods,watch=true,watch,'',v1,'',pods,'','',''",
        "GET,/api/v1/watch/namespaces/n/pods,'',watch,'',v1,n,pods,'','',''",
        "GET,/api/v1/namespaces/n/pods/p,'',get,'',v1,n,pods,p,'',''",
        "GET,/api/v1/namespaces/n/pods/p/log,'',get,'',v1,n,pods,p,log,''",
        "POST,/api/v1/namespaces/n/pods/p/binding,'',create,'',v1,n,pods,p,binding,''",
        "GET,/api/v1/namespaces/n,'',get,'',v1,n,namespaces,n,'',''",
        "GET,/api/v1/namespaces,'',list,'',v1,'',namespaces,'','',''",
        "PUT,/api/v1/namespaces/n/finalize,'',update,'',v1,n,namespaces,n,finalize,''",
        "PATCH,/api/v1/namespaces/n/status,'',patch,'',v1,n,namespaces,n,status,''",
        "GET,/api/v1/namespaces/n/status/x,'',get,'',v1,n,status,x,'',''",
        "PATCH,/apis/apps/v1/namespaces/n/deployments/d/scale,'',patch,apps,v1,n,deployments,d,scale,''",
        "DELETE,/apis/apps/v1/namespaces/n/deployments,'',deletecollection,apps,v1,n,deployments,'','',''",
        "DELETE,/api/v1/nodes/x,'',delete,'',v1,'',nodes,x,'',''",
        "GET,/api/v1/namespaces/n/pods/p/a/b/c,'',get,'',v1,n,pods,p,a,b/c",
    })
    void readsResourcePaths(String method, String path, String query, String verb, String group, String version,
                            String namespace, String resource, String name, String subresource, String rest) {
        RequestInfo info = info(method, path, query);
        assertEquals(new RequestInfo(true, verb, group, version, namespace, resource, name, subresource, rest), info);
    }

    @ParameterizedTest
    @CsvSource({"GET,/", "GET,/api", "GET,/api/v1", "GET,/apis", "GET,/apis/apps", "GET,/apis/apps/v1", "GET,/healthz",
        "POST,/version", "GET,/openapi/v3/api/v1"})
    void otherPathsAreNoResources(String method, String path) {
        RequestInfo info = info(method, path, "");
        assertEquals(false, info.isResource());
        assertEquals(method.toLowerCase(java.util.Locale.ROOT), info.verb());
    }

    private static RequestInfo info(String method, String path, String query) {
        Map<String, List<String>> parameters = query.isEmpty() ? Map.of()
                : Map.of(query.split("=")[0], List.of(query.split("=")[1]));
        return RequestInfo.of(new Request(method, path, parameters, Map.of(), new byte[0], UserInfo.APISERVER));
    }
}

"""Debian's Python client against a cluster; ends with 0 if all went as with Kubernetes. Usage: client.py KUBECONFIG"""
import sys
import time

from kubernetes import client, config, watch
from kubernetes.client.rest import ApiException

config.load_kube_config(sys.argv[1])
core = client.CoreV1Api()
apps = client.AppsV1Api()
custom = client.CustomObjectsApi()

core.create_namespace(client.V1Namespace(metadata=client.V1ObjectMeta(name="py")))
made = core.create_namespaced_config_map("py", client.V1ConfigMap(
    metadata=client.V1ObjectMeta(name="a", labels={"k": "v"}), data={"color": "blue"}))
assert [m.metadata.name for m in core.list_namespaced_config_map("py", label_selector="k=v").items] == ["a"]

seen = []
core.patch_namespaced_config_map("a", "py", {"data": {"color": "red"}})
core.delete_namespaced_config_map("a", "py")
for event in watch.Watch().stream(core.list_namespaced_config_map, "py", field_selector="metadata.name=a",
                                  resource_version=made.metadata.resource_version, timeout_seconds=30):
    seen.append((event["type"], event["object"].data["color"]))
    if event["type"] == "DELETED":
        break
assert seen == [("MODIFIED", "red"), ("DELETED", "red")], seen

try:
    core.read_namespaced_config_map("a", "py")
    raise AssertionError("it should be gone")
except ApiException as e:
    assert e.status == 404 and e.reason == "Not Found", e

try:
    core.create_namespaced_service("py", {"metadata": {"name": "UPPER"}, "spec": {"ports": [{"port": 80}]}})
    raise AssertionError("a bad name was taken")
except ApiException as e:
    assert e.status == 422 and "metadata.name" in e.body, e

service = core.create_namespaced_service("py", {"metadata": {"name": "web"}, "spec": {"ports": [{"port": 80}], "selector": {"a": "b"}}})
assert service.spec.cluster_ip.startswith("10."), service.spec.cluster_ip

apps.create_namespaced_deployment("py", {"metadata": {"name": "web"}, "spec": {
    "replicas": 2, "selector": {"matchLabels": {"a": "b"}},
    "template": {"metadata": {"labels": {"a": "b"}}, "spec": {"containers": [{"name": "c", "image": "i"}]}}}})
deadline = time.time() + 60
while len(core.list_namespaced_pod("py").items) < 2:
    assert time.time() < deadline, "the Deployment made no Pods"
    time.sleep(0.05)
apps.patch_namespaced_deployment_scale("web", "py", {"spec": {"replicas": 1}})
while apps.read_namespaced_deployment("web", "py").status.replicas != 1:
    assert time.time() < deadline, "the Deployment was not scaled"
    time.sleep(0.05)

client.ApiextensionsV1Api().create_custom_resource_definition({
    "metadata": {"name": "gadgets.test.fairway.dev"},
    "spec": {"group": "test.fairway.dev", "scope": "Namespaced", "names": {"kind": "Gadget", "plural": "gadgets"},
             "versions": [{"name": "v1", "served": True, "storage": True, "schema": {"openAPIV3Schema": {
                 "type": "object", "properties": {"spec": {"type": "object", "properties": {"n": {"type": "integer", "default": 7}}}}}}}]}})
gadget = {"apiVersion": "test.fairway.dev/v1", "kind": "Gadget", "metadata": {"name": "g"}, "spec": {}}
while True:
    try:
        made = custom.create_namespaced_custom_object("test.fairway.dev", "v1", "py", "gadgets", gadget)
        break
    except ApiException as e:
        assert e.status == 404 and time.time() < deadline, e
        time.sleep(0.05)
assert made["spec"]["n"] == 7, made
core.delete_namespace("py")
print("all well")

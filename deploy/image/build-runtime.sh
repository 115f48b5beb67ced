#!/usr/bin/env bash
# Makes a folder that runs `fairway proxy` and nothing else: a JDK trimmed by jlink, the libraries of the node proxy,
# and its start-up archive. Needs a JDK 25 in JAVA_HOME and a build (`./fairway build`).
#
#   deploy/image/build-runtime.sh OUT [LIBRARIES]     then: OUT/bin/fairway-proxy --version
set -euo pipefail

[ $# = 1 ] || [ $# = 2 ] || { echo "usage: $0 OUT [LIBRARIES]" >&2; exit 2; }
[ -x "${JAVA_HOME:-}/bin/jlink" ] || { echo "$0: JAVA_HOME must name a JDK 25, with jlink" >&2; exit 1; }
here=$(cd "$(dirname "${BASH_SOURCE[0]}")" && pwd)
libraries=${2:-$here/../../cli/target/dist/lib}
[ -d "$libraries" ] || { echo "$0: there is no build; run ./fairway build first" >&2; exit 1; }
[ ! -e "$1" ] || { echo "$0: $1 exists" >&2; exit 1; }

mkdir -p "$1/bin" "$1/lib" "$1/legacy"
out=$(cd "$1" && pwd)
# Of all that Fairway stands on, what a proxy loads. One that is missing here fails the training run below.
cp "$libraries"/fairway-{cli,kube,netlink,proxy}-*.jar "$libraries"/picocli-*.jar "$libraries"/prometheus-*.jar \
   "$libraries"/jackson-{core,databind,dataformat-yaml}-3*.jar "$libraries"/jackson-annotations-*.jar \
   "$libraries"/snakeyaml-engine-*.jar "$out/lib/"

"$JAVA_HOME/bin/java" -cp "$libraries/*" dev.fairway.cli.StartupJars "$out"

"$JAVA_HOME/bin/jlink" --output "$out/jdk" --strip-debug --no-header-files --no-man-pages \
  --add-modules java.base,java.logging,java.management,java.net.http,java.sql,java.xml,jdk.httpserver

install -m 0755 "$here/fairway-proxy" "$out/bin/fairway-proxy"
for program in iptables ip6tables; do
  for suffix in '' -save -restore; do ln -s /usr/sbin/xtables-legacy-multi "$out/legacy/$program$suffix"; done
done
# The archive holds for this JDK, these jars and this place only.
FAIRWAY_TRAINING=$out/proxy.aot "$out/bin/fairway-proxy" >"$out/training.log" 2>&1 \
  || { tail -n 20 "$out/training.log" >&2; echo "$0: the training run failed" >&2; exit 1; }
rm "$out/training.log"
"$out/bin/fairway-proxy" --version

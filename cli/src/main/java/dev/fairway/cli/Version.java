package dev.fairway.cli;

import picocli.CommandLine.IVersionProvider;

/** {@code fairway --version}: from the jar's manifest, where there is one. */
public final class Version implements IVersionProvider {
    @Override
    public String[] getVersion() {
        String version = Version.class.getPackage().getImplementationVersion();
        return new String[] {"fairway " + (version == null ? "(not packaged)" : version)};
    }

    /** The version alone; {@code dev} where nothing was packaged. */
    public static String number() {
        String version = Version.class.getPackage().getImplementationVersion();
        return version == null ? "dev" : version;
    }
}

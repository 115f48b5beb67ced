package dev.fairway.cli;

import java.io.BufferedOutputStream;
import java.io.IOException;
import java.io.InputStream;
import java.io.UncheckedIOException;
import java.lang.classfile.ClassFile;
import java.lang.classfile.ClassFile.ClassHierarchyResolverOption;
import java.lang.classfile.ClassFile.StackMapsOption;
import java.lang.classfile.ClassFileVersion;
import java.lang.classfile.ClassHierarchyResolver;
import java.lang.classfile.ClassTransform;
import java.lang.constant.ClassDesc;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardCopyOption;
import java.util.List;
import java.util.jar.JarFile;
import java.util.regex.Pattern;
import java.util.zip.ZipEntry;
import java.util.zip.ZipOutputStream;
import org.sqlite.util.OSInfo;

/**
 * Makes libraries fit for the JVM's start-up archive (JEP 483), for the launcher. The archive takes neither classes of
 * signed jars nor those in the format of Java 5, which without it cost a third of a start: signatures are dropped, old
 * classes get Java 8's format with its stack maps, and SQLite's native library is unpacked once instead of at each start.
 */
public final class StartupJars {
    private static final int JAVA_6 = 50;
    private static final Pattern SIGNATURE = Pattern.compile("META-INF/[^/]+\\.(SF|RSA|DSA|EC)");

    private StartupJars() {}

    /** @param args the folder with {@code lib}, which gets a folder {@code native} */
    public static void main(String[] args) throws IOException {
        Path dist = Path.of(args[0]);
        try (var jars = Files.newDirectoryStream(dist.resolve("lib"), "*.jar")) {
            for (Path jar : jars) {
                rewrite(jar);
                unpackSqlite(jar, dist.resolve("native"));
            }
        }
    }

    private static void rewrite(Path path) throws IOException {
        try (JarFile jar = new JarFile(path.toFile(), false)) {
            List<ZipEntry> entries = List.copyOf(jar.stream().toList());
            boolean fits = true;
            for (ZipEntry entry : entries) {
                fits &= !SIGNATURE.matcher(entry.getName()).matches() && !isOld(jar, entry);
            }
            if (fits) {
                return;
            }
            Path fitting = path.resolveSibling(path.getFileName() + ".new");
            try (ZipOutputStream out = new ZipOutputStream(new BufferedOutputStream(Files.newOutputStream(fitting)))) {
                for (ZipEntry entry : entries) {
                    if (!SIGNATURE.matcher(entry.getName()).matches()) {
                        out.putNextEntry(new ZipEntry(entry.getName()));
                        byte[] bytes = read(jar, entry);
                        out.write(isOld(jar, entry) ? renewed(jar, bytes) : bytes);
                    }
                }
            }
            Files.move(fitting, path, StandardCopyOption.REPLACE_EXISTING);
        }
    }

    private static byte[] read(JarFile jar, ZipEntry entry) throws IOException {
        try (InputStream in = jar.getInputStream(entry)) {
            return in.readAllBytes();
        }
    }

    /** By the major version, the eighth byte of a class (JVMS 4.1). */
    private static boolean isOld(JarFile jar, ZipEntry entry) throws IOException {
        if (!entry.getName().endsWith(".class") || entry.getName().startsWith("META-INF/")) {
            return false;
        }
        try (InputStream in = jar.getInputStream(entry)) {
            return in.readNBytes(8)[7] < JAVA_6;
        }
    }

    private static byte[] renewed(JarFile jar, byte[] old) {
        ClassFile format = ClassFile.of(StackMapsOption.GENERATE_STACK_MAPS,
                ClassHierarchyResolverOption.of(ClassHierarchyResolver.ofResourceParsing(name -> find(jar, name))));
        byte[] renewed = format.transformClass(format.parse(old),
                // Code that is only passed on keeps its lack of stack maps.
                ClassTransform.transformingMethodBodies((code, element) -> code.with(element))
                        .andThen((type, element) -> {
                            if (element instanceof ClassFileVersion) {
                                type.withVersion(ClassFile.JAVA_8_VERSION, 0);
                            } else {
                                type.with(element);
                            }
                        }));
        var errors = format.verify(renewed);
        if (!errors.isEmpty()) {
            throw new IllegalStateException("a class of " + jar.getName() + " cannot be renewed: " + errors.getFirst().getMessage());
        }
        return renewed;
    }

    private static InputStream find(JarFile jar, ClassDesc name) {
        String path = name.descriptorString().substring(1, name.descriptorString().length() - 1) + ".class";
        try {
            ZipEntry entry = jar.getEntry(path);
            return entry == null ? ClassLoader.getSystemResourceAsStream(path) : jar.getInputStream(entry);
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }

    private static void unpackSqlite(Path path, Path into) throws IOException {
        String library = System.mapLibraryName("sqlitejdbc");
        try (JarFile jar = new JarFile(path.toFile(), false)) {
            ZipEntry entry = jar.getEntry("org/sqlite/native/" + OSInfo.getNativeLibFolderPathForCurrentOS() + "/" + library);
            if (entry != null) {
                Files.createDirectories(into);
                Files.write(into.resolve(library), read(jar, entry));
            }
        }
    }
}

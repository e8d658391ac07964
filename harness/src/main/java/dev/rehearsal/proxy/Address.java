package dev.rehearsal.proxy;

import java.net.InetAddress;
import java.net.InetSocketAddress;

/** Addresses as Toxiproxy writes them: {@code 127.0.0.1:5432}, {@code [::1]:5432}, {@code localhost:0}, {@code :8080}. */
final class Address {
    private Address() {}

    /** @throws ApiException in Go's words */
    static InetSocketAddress parse(String text) throws ApiException {
        int colon = text.lastIndexOf(':');
        if (colon < 0) {
            throw new ApiException(500, "address " + text + ": missing port in address");
        }
        String host = text.substring(0, colon);
        if (host.startsWith("[") && host.endsWith("]")) {
            host = host.substring(1, host.length() - 1);
        }
        String word = text.substring(colon + 1);
        int port;
        try {
            port = Integer.parseInt(word);
        } catch (NumberFormatException e) {
            throw new ApiException(500, "lookup tcp/" + word + ": unknown port");
        }
        if (port < 0 || port > 65535) {
            throw new ApiException(500, "address " + word + ": invalid port");
        }
        return host.isEmpty() ? new InetSocketAddress(port) : new InetSocketAddress(host, port);
    }

    static String format(InetSocketAddress address) {
        InetAddress ip = address.getAddress();
        if (ip == null) {
            return address.getHostString() + ":" + address.getPort();
        }
        String host = ip.isAnyLocalAddress() ? "::" : ip.getHostAddress().replaceFirst("^(0:){2,}", "::");
        return (host.indexOf(':') >= 0 ? "[" + host + "]" : host) + ":" + address.getPort();
    }
}

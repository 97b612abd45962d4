#include "net/detail/listener.hpp"

#include <netinet/in.h>
#include <sys/stat.h>
#include <unistd.h>

#include <boost/asio/ip/tcp.hpp>
#include <boost/asio/local/stream_protocol.hpp>

namespace hejnal::net {

namespace asio = boost::asio;
using boost::system::error_code;

namespace {

using Endpoint = asio::generic::stream_protocol::endpoint;
constexpr std::string_view kUnix = "unix:";

Result<Endpoint> resolve(asio::io_context& io, const std::string& address) {
  const std::size_t colon = address.rfind(':');
  if (colon == std::string::npos)
    return fail(Fault::malformed, "\"{}\" is no address: expected host:port", address);
  std::string host = address.substr(0, colon);
  if (host.starts_with('[') && host.ends_with(']')) host = host.substr(1, host.size() - 2);
  asio::ip::tcp::resolver resolver(io);
  error_code error;
  const auto found =
      resolver.resolve(host, address.substr(colon + 1), asio::ip::tcp::resolver::passive, error);
  if (error || found.empty())
    return fail(Fault::malformed, "cannot find \"{}\": {}", address, error.message());
  return Endpoint(found.begin()->endpoint());
}

Status remove_stale(asio::io_context& io, const std::string& path) {
  struct stat info = {};
  if (::lstat(path.c_str(), &info) != 0) return {};
  if (!S_ISSOCK(info.st_mode)) return fail(Fault::conflict, "{} exists and is no socket", path);
  asio::local::stream_protocol::socket probe(io);
  error_code error;
  probe.connect(asio::local::stream_protocol::endpoint(path), error);
  if (!error) return fail(Fault::conflict, "another process listens on {}", path);
  ::unlink(path.c_str());
  return {};
}

std::uint16_t port_of(const Acceptor& acceptor) {
  error_code error;
  const Endpoint here = acceptor.local_endpoint(error);
  if (error) return 0;
  if (here.data()->sa_family == AF_INET)
    return ntohs(reinterpret_cast<const sockaddr_in*>(here.data())->sin_port);
  if (here.data()->sa_family == AF_INET6)
    return ntohs(reinterpret_cast<const sockaddr_in6*>(here.data())->sin6_port);
  return 0;
}

}  // namespace

Result<Listener> Listener::open(asio::io_context& io, const std::string& address, unsigned unix_mode) {
  std::string path;
  Endpoint endpoint;
  if (address.starts_with(kUnix)) {
    path = address.substr(kUnix.size());
    if (path.empty() || path.size() > 100)
      return fail(Fault::malformed, "\"{}\" is no path for a socket", path);
    HEJNAL_TRY_VOID(remove_stale(io, path));
    endpoint = Endpoint(asio::local::stream_protocol::endpoint(path));
  } else {
    HEJNAL_TRY(endpoint, resolve(io, address));
  }
  Acceptor acceptor(io);
  error_code error;
  acceptor.open(endpoint.protocol(), error);
  if (!error && path.empty()) acceptor.set_option(asio::socket_base::reuse_address(true), error);
  if (!error) acceptor.bind(endpoint, error);
  if (!error && !path.empty()) ::chmod(path.c_str(), static_cast<mode_t>(unix_mode));
  if (!error) acceptor.listen(1024, error);
  if (error) return fail(Fault::conflict, "cannot listen on {}: {}", address, error.message());
  const std::uint16_t port = port_of(acceptor);
  return Listener(std::move(acceptor), port, std::move(path));
}

void Listener::close() {
  error_code ignored;
  acceptor_.close(ignored);
  if (!path_.empty()) ::unlink(path_.c_str());
}

std::string remote_address(const Socket& socket) {
  error_code error;
  const Endpoint there = socket.remote_endpoint(error);
  if (error) return {};
  if (there.data()->sa_family == AF_UNIX) return "unix";
  asio::ip::tcp::endpoint address;
  if (there.size() > address.capacity()) return {};
  std::memcpy(address.data(), there.data(), there.size());
  return address.address().to_string();
}

}  // namespace hejnal::net

// A listening socket, TCP or Unix, named as "127.0.0.1:2424", "[::1]:2424", "localhost:2424" or
// "unix:/run/x.sock". A Unix socket that a dead process left behind is replaced; one that answers is not.
// Internal to net.
#pragma once

#include <boost/asio/basic_socket_acceptor.hpp>
#include <boost/asio/generic/stream_protocol.hpp>
#include <boost/asio/io_context.hpp>
#include <cstdint>
#include <string>

#include "base/result.hpp"

namespace hejnal::net {

using Socket = boost::asio::generic::stream_protocol::socket;
using Acceptor = boost::asio::basic_socket_acceptor<boost::asio::generic::stream_protocol>;

class Listener {
 public:
  static Result<Listener> open(boost::asio::io_context& io, const std::string& address, unsigned unix_mode);

  Acceptor& acceptor() { return acceptor_; }
  std::uint16_t port() const { return port_; }  // 0 for a Unix socket
  bool is_unix() const { return !path_.empty(); }
  void close();  // also removes a Unix socket's file

 private:
  Listener(Acceptor acceptor, std::uint16_t port, std::string path)
      : acceptor_(std::move(acceptor)), port_(port), path_(std::move(path)) {}

  Acceptor acceptor_;
  std::uint16_t port_;
  std::string path_;
};

// The other side's address without its port; "unix" for a Unix socket, empty when it has gone.
std::string remote_address(const Socket& socket);

}  // namespace hejnal::net

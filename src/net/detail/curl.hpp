// What net's curl users share. Internal to net.
#pragma once

#include <curl/curl.h>

#include <memory>
#include <string>

#include "net/starttls.hpp"

namespace hejnal::net {

struct CurlDelete {
  void operator()(CURL* handle) const { curl_easy_cleanup(handle); }
  void operator()(curl_slist* list) const { curl_slist_free_all(list); }
};
using CurlHandle = std::unique_ptr<CURL, CurlDelete>;
using CurlList = std::unique_ptr<curl_slist, CurlDelete>;

CurlHandle new_curl_handle();  // initialises the library once; thread-safe

// What every connection of ours sets: no signals, the CA file, STARTTLS, user and password. Empty texts set
// nothing.
struct CurlLogin {
  StartTls starttls;
  std::string user;
  std::string password;
  std::string ca_file;
};
void set_login(CURL* handle, const CurlLogin& login);

}  // namespace hejnal::net

// SPDX-License-Identifier: EUPL-1.2
#include "api/data_protection.h"

#include <string>

#include "server/content.h"

namespace urna::api {

void add_controller_keys(server::ConfigKeys& keys, protection::Controller& controller) {
  keys.add("controller.name", controller.name, "who answers for these data");
  keys.add("controller.address", controller.address, "where");
  keys.add("controller.officer", controller.officer, "how to reach the data protection officer");
}

Status add_data_protection_routes(server::Router& router, protection::DataSet set,
                                  const protection::Controller& controller,
                                  std::string_view rate_class) {
  using protection::Language;
  server::RouteOptions options;
  options.rate_class = rate_class;
  Status added = router.add(
      server::Method::get, "/api/v1/data-protection/register",
      [json = protection::register_json(set, controller)](const server::Request&) -> server::Reply {
        return server::json_response(json);
      },
      options);
  if (!added) return added;
  return router.add(
      server::Method::get, "/api/v1/data-protection/notice",
      [pl = protection::notice_markdown(set, controller, Language::pl),
       en = protection::notice_markdown(set, controller, Language::en)](
          const server::Request& request) -> server::Reply {
        server::Response response =
            server::text_response(request.language == server::Language::pl ? pl : en);
        response.content_type = "text/markdown; charset=utf-8";
        return response;
      },
      options);
}

}  // namespace urna::api

// SPDX-License-Identifier: BSD-3-Clause
#include "engine/network/edges/receptor_ports.hpp"

#include <catch2/catch.hpp>
#include <cmath>
#include <fstream>

#include "core/errors/error.hpp"
#include "support/temporary_folder.hpp"

using namespace striate;

TEST_CASE("receptors stand in files, in texts and as numbers") {
  const test::TemporaryFolder folder;
  std::ofstream(folder.path() / "inh.json") << R"({"receptor_type": 2})";
  engine::ReceptorPorts ports(folder.path());
  CHECK(ports.find("inh.json", "here") == 1);
  std::ofstream(folder.path() / "inh.json") << "{}";
  CHECK(ports.find("inh.json", "here") == 1);  // read once
  CHECK(ports.find(R"( {"receptor_type": 65535})", "here") == 65534);
  CHECK_THROWS_AS(ports.find("absent.json", "here"), core::MissingFileError);
  for (const std::string wrong : {"{}", R"({"receptor_type": 0})", R"({"receptor_type": 65536})", "{",
                                  R"({"receptor_type": 1, "delay": 2})"})
    CHECK_THROWS_WITH(ports.find(wrong, "edges row 3"), Catch::Contains("edges row 3"));
  CHECK(engine::receptor_port(1, "here") == 0);
  CHECK(engine::receptor_port(65535, "here") == 65534);
  for (const double wrong : {0.0, 1.5, -1.0, 65536.0, std::nan("")})
    CHECK_THROWS_WITH(engine::receptor_port(wrong, "edges row 3"), Catch::Contains("edges row 3"));
}

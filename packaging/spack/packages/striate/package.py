# SPDX-License-Identifier: BSD-3-Clause
"""Spack recipe, for a site's own MPI. With a copy of the sources in the working directory:

    spack repo add packaging/spack
    spack dev-build striate@main
"""
from spack.package import *


class Striate(CMakePackage):
    """Builds and simulates the biorealistic model of mouse primary visual cortex."""

    license("BSD-3-Clause")

    version("main", branch="main")

    variant("native", default=False, description="tune for this machine")

    depends_on("c", type="build")
    depends_on("cxx", type="build")
    depends_on("cmake@3.22:", type="build")
    depends_on("ninja", type="build")
    depends_on("mpi")
    depends_on("hdf5@1.10: +mpi")
    depends_on("boost@1.74: +program_options +math")
    depends_on("fmt@9:10")
    depends_on("spdlog +shared")
    depends_on("nlohmann-json@3.11:")
    depends_on("random123")
    depends_on("openssl")
    depends_on("zlib-api")
    depends_on("yaml-cpp@0.7:")
    depends_on("eigen@3.4:3")
    depends_on("liblbfgs")
    depends_on("libzip")
    depends_on("pugixml")
    depends_on("gnuplot", type="run")
    depends_on("gmake@4.3:", type="run")

    conflicts("%gcc@:11", msg="C++20 as GCC 12 knows it is needed")

    generator("ninja")

    def cmake_args(self):
        return [
            self.define("STRIATE_UNITY", True),
            self.define("BUILD_TESTING", False),
            self.define_from_variant("STRIATE_NATIVE", "native"),
        ]
